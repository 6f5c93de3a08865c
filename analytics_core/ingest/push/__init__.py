"""Events that programs push: checked at once, safe on disk, gathered into files for the one door."""
