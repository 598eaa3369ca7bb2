def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    total = 0.0
    for row, label in zip(logits, labels):
        top = max(row)
        total += top + np.log(sum(np.exp(one - top) for one in row)) - row[label]
    return total / len(labels)
