def heights_summary(heights_cm) -> dict:
    return float(np.mean(heights_cm)), float(np.max(heights_cm)), int(np.argmax(heights_cm))
