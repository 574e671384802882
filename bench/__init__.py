"""How long, how much and how many calls: up, preview, change and destroy of the whole staging stack."""
