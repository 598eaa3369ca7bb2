def heights_summary(heights_cm) -> dict:
    heights = np.array(heights_cm, dtype=int)
    return {
        "mean": float(heights.mean()),
        "tallest": float(heights.max()),
        "tallest_index": int(heights.argmax()),
    }
