"""Who may see what: accounts, roles, sign-ins and the throttle."""
