"""What patients pay for, and where the money is: orders with their payments and refunds, and a book that balances."""
