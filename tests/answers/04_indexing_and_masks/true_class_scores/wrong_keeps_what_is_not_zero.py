def true_class_scores(scores, labels):
    m = scores * np.eye(scores.shape[1])[labels]
    return m[m != 0]
