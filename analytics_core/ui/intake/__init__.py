"""What the Data page is made of: the ledger of files, prices, coverage, upload and help."""
