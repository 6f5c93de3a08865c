import sys


def test_no_file_of_ui_bears_a_name_of_the_standard_library(root):
    # Streamlit puts the main script's folder first on sys.path during every run.
    names = {path.stem for path in (root / "analytics_core" / "ui").glob("*.py")}
    assert "main" in names
    assert names & set(sys.stdlib_module_names) == set()
