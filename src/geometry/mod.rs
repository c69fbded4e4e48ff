//! Pure measurement and shape rules on lon/lat ground (EPSG:4490). No IO, no clock, no site.
