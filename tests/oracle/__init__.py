"""A second implementation of the area accounting, in Python on shapely and pyproj.

It shares no code with the program: stages are kept as polygons and moved with union and
difference, as docs/ACCOUNTING.md is written, where the program cuts faces.
"""
