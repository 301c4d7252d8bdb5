"""GStreamer's RTSP server on loopback, in a process of its own: `python rtsp_server.py PORT PIPELINE [USER PASSWORD]`.

It is called by ctypes, because Python outside Debian's own has no PyGObject. The stream is at /line.
"""

import ctypes
import sys


def typed(function, result, *arguments):
    function.restype, function.argtypes = result, list(arguments)
    return function


def main(port, pipeline, user="", password=""):
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    gst = ctypes.CDLL("libgstreamer-1.0.so.0")
    rtsp = ctypes.CDLL("libgstrtspserver-1.0.so.0")
    glib = ctypes.CDLL("libglib-2.0.so.0")
    typed(gst.gst_init, None, pointer, pointer)(None, None)
    server = typed(rtsp.gst_rtsp_server_new, pointer)()
    typed(rtsp.gst_rtsp_server_set_address, None, pointer, text)(server, b"127.0.0.1")
    typed(rtsp.gst_rtsp_server_set_service, None, pointer, text)(server, port.encode())
    mounts = typed(rtsp.gst_rtsp_server_get_mount_points, pointer, pointer)(server)
    factory = typed(rtsp.gst_rtsp_media_factory_new, pointer)()
    typed(rtsp.gst_rtsp_media_factory_set_launch, None, pointer, text)(factory, f"( {pipeline} )".encode())
    typed(rtsp.gst_rtsp_media_factory_set_shared, None, pointer, number)(factory, 1)
    if user:
        protect(rtsp, server, factory, user, password)
    typed(rtsp.gst_rtsp_mount_points_add_factory, None, pointer, text, pointer)(mounts, b"/line", factory)
    if not typed(rtsp.gst_rtsp_server_attach, ctypes.c_uint, pointer, pointer)(server, None):
        sys.exit(f"port {port} is taken")
    print("serving", flush=True)
    loop = typed(glib.g_main_loop_new, pointer, pointer, number)(None, 0)
    typed(glib.g_main_loop_run, None, pointer)(loop)


def protect(rtsp, server, factory, user, password):
    """One user by Basic; everybody else is refused."""
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    boolean = ctypes.c_size_t(5 << 2)  # G_TYPE_BOOLEAN
    string = ctypes.c_size_t(16 << 2)  # G_TYPE_STRING
    token = rtsp.gst_rtsp_token_new
    token.restype = pointer
    role = token(b"media.factory.role", string, b"viewer", None)
    auth = typed(rtsp.gst_rtsp_auth_new, pointer)()
    basic = typed(rtsp.gst_rtsp_auth_make_basic, text, text, text)(user.encode(), password.encode())
    typed(rtsp.gst_rtsp_auth_add_basic, None, pointer, text, pointer)(auth, basic, role)
    typed(rtsp.gst_rtsp_server_set_auth, None, pointer, pointer)(server, auth)
    add = rtsp.gst_rtsp_media_factory_add_role
    add.restype = None
    access, construct = b"media.factory.access", b"media.factory.construct"
    add(pointer(factory), b"viewer", access, boolean, number(1), construct, boolean, number(1), None)


if __name__ == "__main__":
    main(*sys.argv[1:])
