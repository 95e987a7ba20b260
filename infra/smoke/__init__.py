"""What only the cloud can show: checks of a deployed hospital, to be run after each deployment.

    make smoke STACK=yunzhen                      # everything, by the stack's outputs; wants read access to the account
    make smoke SITE=https://www.hospital.example  # what anybody can see from outside; the local hospital passes it too

docs/cloud-only.md says which difference to the local hospital each check is for.
"""
