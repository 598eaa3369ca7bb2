def heights_summary(heights_cm) -> dict:
    return {
        "mean": float(np.sum(heights_cm)),
        "tallest": float(np.max(heights_cm)),
        "tallest_index": int(np.argmax(heights_cm)),
    }
