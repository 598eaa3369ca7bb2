import math


def array_card(a):
    shape = tuple(int(n) for n in np.shape(a))
    size = math.prod(shape)
    item = int(np.dtype(a.dtype).itemsize)
    return dict(shape=shape, ndim=np.ndim(a), size=size, dtype=f"{a.dtype}", itemsize=item, nbytes=size * item)
