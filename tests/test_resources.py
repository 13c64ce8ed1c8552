from server.resources import resources


def test_the_files_that_are_no_code_are_found():
    for folder in resources():
        assert folder.is_dir()
