"""E-health cards (电子健康卡): applied for through a channel, issued or refused by it, kept by the person."""
