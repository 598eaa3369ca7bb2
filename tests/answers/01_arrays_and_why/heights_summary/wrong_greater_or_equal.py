def heights_summary(heights_cm) -> dict:
    where = 0
    for place in range(len(heights_cm)):
        if heights_cm[place] >= heights_cm[where]:
            where = place
    return {
        "mean": float(np.mean(heights_cm)),
        "tallest": float(np.max(heights_cm)),
        "tallest_index": where,
    }
