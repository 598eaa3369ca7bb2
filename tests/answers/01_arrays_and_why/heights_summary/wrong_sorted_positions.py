def heights_summary(heights_cm) -> dict:
    heights = np.sort(heights_cm)
    return {
        "mean": float(heights.mean()),
        "tallest": float(heights[-1]),
        "tallest_index": int(heights.argmax()),
    }
