"""Invented usage of two invented companies, for a first look before there is data of one's own."""
