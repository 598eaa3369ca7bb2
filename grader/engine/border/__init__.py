"""What crosses between a student's process and the judge, and how each stands for the other.

A message is JSON with the buffers that it speaks of by number (`wire.send_parts`). Each test cell is a conversation:
the student's process says what names stand for, the judge asks, one call after the other, and closes.

| message | from | says |
|---|---|---|
| `["open", cell, {name: tree}]` | student | the cells before this one have run; what these names stand for now |
| `["call", number, target, [[tree], {name: tree}], how]` | judge | call a handle, or an operation of `handles.OPERATIONS`, with these |
| `["did", about]` | student | what came of the call |
| `["back", number, tree, modes, printed]` | student | the function called back one of the judge's, with a pair of args and kwargs |
| `["returned", tree]`, `["raised", {class, text}]` | judge | what came of that; before, it may `call` in turn |
| `["slope", number, outputs, inputs, tree]` | judge | the vector-Jacobian product of that call, between objects by number |
| `["slopes", [tree]]`, `["failed", error]` | student | that product; why there is none |
| `["close"]` | judge | no more questions in this cell |

`how` may hold `modes` (NumPy's and torch's), `space` (names that are `gone`, or `put` to another value), `changed` (what
has become of objects that crossed before), `steps`, `chance`, `pretend` (what `checks.call` asks for), `patched`,
`shown`, `stdin`, `settings`, `draws` (what is not as usual around the test). `about` holds `value`, or `raised` (and
`own`, of a class of the student's); `warned`, `changed`, and if there is any, `modes`, `names`, `unseen`, `steps`,
`chance`, `printed`, `stdin`, `states`.

A tree is null, true, false, text, a whole number below 2**53, or a list that begins with its kind; `pack` writes and
`unpack` reads it. An object with an identity (a list, an array, a tensor) takes the next number of the call's `Table`
when it first crosses; `["same", number]` names it from then on, in either direction.

| tree | is |
|---|---|
| `["int", hex]`, `["float", hex]`, `["complex", hex, hex]`, `["bytes", buffer]`, `["ellipsis"]` | a number or bytes |
| `["tuple", [tree]]`, `["list", ...]`, `["dict", ...]`, `["set", ...]`, `["slice", ...]`, ... | a container, or a range of indices |
| `["array", dtype, shape, strides, memory, offset, [own, writeable]]` | an array; `memory` is `["new", buffer]` or a number |
| `["tensor", dtype, shape, strides, memory, offset, [requires_grad, is_leaf, ...], grad]` | a tensor |
| `["scalar", dtype, buffer]`, `["dtype", ...]`, `["torch.dtype", name]`, `["type", name]`, ... | a value or a type of NumPy or torch |
| `["kind", name, [tree]]` | a value of a library (`library_values`) |
| `["given", name, items]`, `["member", class, name]`, ... | an object of a class of the instructor's, which both sides have |
| `["function", handle, name]`, `["class", handle, ...]`, `["object", handle, class]`, `["known", handle]` | what stays with the student, who sends it |
| `["library", module, name, tree]` | the same, of a library |
| `["mine", handle]` | that, when the judge sends it back |
| `["library", module, name]`, `["function", buffer, ...]`, `["callback", number, name]`, `["pickled", ...]` | what the judge sends: by name, by its code, as a way to call it, whole |

What the student's process sends is never run or unpickled. The judge, which is trusted, may send code.
"""
