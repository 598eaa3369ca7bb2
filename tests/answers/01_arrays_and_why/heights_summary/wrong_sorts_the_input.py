def heights_summary(heights_cm) -> dict:
    heights_cm.sort()
    return {
        "mean": float(np.mean(heights_cm)),
        "tallest": float(heights_cm[-1]),
        "tallest_index": int(np.argmax(heights_cm)),
    }
