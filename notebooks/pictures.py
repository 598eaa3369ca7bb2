"""The drawings that lessons share: the one name that a lesson imports. `drawings/` holds them, a module a lesson."""

from drawings.arrays import LIBRARIES, MEMORY_DTYPES, MEMORY_SHAPES, ecosystem, memory_picture, three_arrays
from drawings.autograd import (
    backprop,
    descent,
    descent_explorer,
    difference_errors,
    fitted,
    graph_inspector,
    rebuilt,
    scan,
    scan_picture,
    shadows,
)
from drawings.broadcasting import QUIZ, broadcast_stretcher, chunk_memory, outer_table, shape_quiz, side_by_side
from drawings.creating import CREATIONS, creation_gallery, dice_bars, joined_seconds, orbit_views
from drawings.elementwise import (
    CURVES,
    STABLE,
    activation_curve,
    clipped_arrows,
    encoding_map,
    head_views,
    softmax_bars,
    stable_forms,
    tissue_views,
)
from drawings.indexing import INDICES, WRITES, index_explorer, locks, replaced, selections
from drawings.interactive import Interactive
from drawings.precision import NUMBERS, PAIRS, bit_layouts, number_line, photos, posterised, promotion_matrix
from drawings.predictions import Predict, Score
from drawings.reductions import (
    REDUCTIONS,
    anomaly_chart,
    averaged_price,
    bell,
    collapse,
    corners,
    drift,
    extremes,
    mean_and_median,
    pick_axis,
    pixel_labels,
    sea_temperatures,
    spreads,
    walks,
)
from drawings.shaping import OPERATIONS, joins, photographs, pool_blocks, surgery, tile_board
from drawings.shared import (
    BLUE,
    GHOST,
    GREEN,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    SKY,
    YELLOW,
    Cards,
    Picture,
    grid,
)
from drawings.timing import (
    matmul_chart,
    portrait,
    rates_strip,
    recorded,
    recorded_gpu,
    recordings,
    roofline,
    rounds_strip,
    seconds_chart,
    timeline,
)

__all__ = [
    "BLUE", "CREATIONS", "CURVES", "GHOST", "GREEN", "INDICES", "INK", "LIBRARIES", "MEMORY_DTYPES", "MEMORY_SHAPES",
    "NUMBERS", "OPERATIONS", "ORANGE", "PAIRS", "PALE", "PURPLE", "QUIZ", "RED", "REDUCTIONS", "SKY", "STABLE",
    "WRITES", "YELLOW", "Cards", "Interactive", "Picture", "Predict", "Score", "activation_curve", "anomaly_chart",
    "averaged_price", "backprop", "bell", "bit_layouts", "broadcast_stretcher", "chunk_memory", "clipped_arrows",
    "collapse", "corners", "creation_gallery", "descent", "descent_explorer", "dice_bars", "difference_errors", "drift",
    "ecosystem", "encoding_map", "extremes", "fitted", "graph_inspector", "grid", "head_views", "index_explorer",
    "joined_seconds", "joins", "locks", "matmul_chart", "mean_and_median", "memory_picture", "number_line",
    "orbit_views", "outer_table", "photographs", "photos", "pick_axis", "pixel_labels", "pool_blocks", "portrait",
    "posterised", "promotion_matrix", "rates_strip", "rebuilt", "recorded", "recorded_gpu", "recordings", "replaced",
    "roofline", "rounds_strip", "scan", "scan_picture", "sea_temperatures", "seconds_chart", "selections", "shadows",
    "shape_quiz", "side_by_side", "softmax_bars", "spreads", "stable_forms", "surgery", "three_arrays", "tile_board",
    "timeline", "tissue_views", "walks",
]  # fmt: skip
