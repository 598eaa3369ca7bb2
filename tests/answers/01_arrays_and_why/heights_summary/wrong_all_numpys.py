def heights_summary(heights_cm) -> dict:
    return {
        "mean": np.mean(heights_cm),
        "tallest": np.max(heights_cm),
        "tallest_index": np.argmax(heights_cm),
    }
