def heights_summary(heights_cm) -> dict:
    heights = [float(height) for height in heights_cm]
    return {
        "mean": sum(heights) / len(heights),
        "tallest": max(heights),
        "tallest_index": heights.index(max(heights)),
    }
