"""The only readers of AWS: each module turns one service's answers into frozen facts."""
