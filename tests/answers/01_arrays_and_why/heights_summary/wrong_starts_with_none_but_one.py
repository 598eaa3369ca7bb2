def heights_summary(heights_cm) -> dict:
    tallest, where = heights_cm[1], 1
    for place, height in enumerate(heights_cm):
        if height > tallest:
            tallest, where = height, place
    return {
        "mean": float(np.mean(heights_cm)),
        "tallest": float(np.max(heights_cm)),
        "tallest_index": where,
    }
