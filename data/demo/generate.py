"""Makes the inputs of the synthetic demo county in this directory. See README.md beside it.

Usage: python3 data/demo/generate.py      (needs shapely >= 2.1 and pyproj; same seed, same files)
"""

from pathlib import Path

from generator import county, sites, story, write

if __name__ == "__main__":
    ground = sites.all_sites()
    write.write_all(Path(__file__).parent, ground, story.tell(ground), county)
