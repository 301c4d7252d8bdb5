"""Stand-in: bindings by index are still there in 8.5, and nobody may use them."""


class _BindingsByIndex:
    __slots__ = ()

    @property
    def num_bindings(self):
        return self.num_io_tensors

    def get_binding_name(self, index):
        raise AssertionError("deprecated in TensorRT 8.5: get_tensor_name is there")
