def heights_summary(heights_cm):
    total, tallest, where = 0.0, None, 0
    for place, height in enumerate(heights_cm):
        total += float(height)
        if tallest is None or height > tallest:
            tallest, where = height, place
    return {"mean": total / len(heights_cm), "tallest": float(tallest), "tallest_index": where}
