def heights_summary(heights_cm) -> dict:
    heights = np.asarray(heights_cm, dtype=np.float64)
    return {
        "mean": float(heights.sum() // len(heights)),
        "tallest": float(np.max(heights_cm)),
        "tallest_index": int(np.argmax(heights_cm)),
    }
