/* What the relay does for each packet, without Python's own cost: receive many, decrypt one, encrypt one and send it.
 *
 * libsrtp is not linked: its functions and sessions come as addresses from pylibsrtp, which owns them, so that Python
 * and this code share one state (numbers, replay windows). All of it runs under the interpreter's lock and never
 * blocks; buffers are static for that reason.
 */
#define PY_SSIZE_T_CLEAN
#define _GNU_SOURCE
#include <Python.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { LONGEST = 1600, TRAILER = 148, AT_ONCE = 64, MOST_NAMES = 4096 };

typedef int (*srtp_function)(void *session, void *packet, int *length);

/* -- Port: a socket, and what became of datagrams ---------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    int fd;
    PyObject *names; /* address tuples by their sockaddr: the same few come again and again */
    unsigned long long sent, sent_bytes, not_sent;
} Port;

static uint8_t arrived[AT_ONCE][LONGEST + 1];
static struct sockaddr_storage from[AT_ONCE];
static struct iovec parts[AT_ONCE];
static struct mmsghdr messages[AT_ONCE];

static PyObject *Port_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    int fd;
    if (!PyArg_ParseTuple(args, "i", &fd))
        return NULL;
    Port *self = (Port *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->fd = fd;
    self->names = PyDict_New();
    if (self->names == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void Port_dealloc(Port *self)
{
    Py_XDECREF(self->names);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* As socket.recvfrom tells it. */
static PyObject *address_tuple(const struct sockaddr_storage *address)
{
    char text[INET6_ADDRSTRLEN];
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
        return Py_BuildValue("(si)", text, ntohs(four->sin_port));
    }
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
    return Py_BuildValue("(siII)", text, ntohs(six->sin6_port), ntohl(six->sin6_flowinfo), six->sin6_scope_id);
}

static PyObject *name_of(Port *self, const struct sockaddr_storage *address, socklen_t size)
{
    PyObject *key = PyBytes_FromStringAndSize((const char *)address, size);
    if (key == NULL)
        return NULL;
    PyObject *name = PyDict_GetItemWithError(self->names, key);
    if (name != NULL) {
        Py_INCREF(name);
    } else if (!PyErr_Occurred() && (name = address_tuple(address)) != NULL) {
        if (PyDict_GET_SIZE(self->names) >= MOST_NAMES)
            PyDict_Clear(self->names);
        if (PyDict_SetItem(self->names, key, name))
            Py_CLEAR(name);
    }
    Py_DECREF(key);
    return name;
}

static PyObject *Port_receive(Port *self, PyObject *unused)
{
    for (int i = 0; i < AT_ONCE; i++) {
        parts[i] = (struct iovec){arrived[i], LONGEST + 1};
        messages[i].msg_hdr = (struct msghdr){&from[i], sizeof from[i], &parts[i], 1, NULL, 0, 0};
    }
    int came = recvmmsg(self->fd, messages, AT_ONCE, MSG_DONTWAIT, NULL);
    if (came < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
            return PyList_New(0);
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *found = PyList_New(came);
    for (int i = 0; found != NULL && i < came; i++) {
        PyObject *name = name_of(self, &from[i], messages[i].msg_hdr.msg_namelen);
        PyObject *pair = name ? Py_BuildValue("(y#N)", arrived[i], (Py_ssize_t)messages[i].msg_len, name) : NULL;
        if (pair == NULL)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, i, pair);
    }
    return found;
}

static PyObject *Port_counted(Port *self, PyObject *unused)
{
    PyObject *told = Py_BuildValue("(KKK)", self->sent, self->sent_bytes, self->not_sent);
    self->sent = self->sent_bytes = self->not_sent = 0;
    return told;
}

static PyObject *Port_close(Port *self, PyObject *unused)
{
    self->fd = -1;
    Py_RETURN_NONE;
}

static PyMethodDef Port_methods[] = {
    {"close", (PyCFunction)Port_close, METH_NOARGS, "The socket is closed: its number may soon be another's."},
    {"receive", (PyCFunction)Port_receive, METH_NOARGS, "Datagrams that wait, each with its address. Raises OSError."},
    {"counted", (PyCFunction)Port_counted, METH_NOARGS, "Sent, bytes, not sent by senders since the last time."},
    {NULL},
};

static PyTypeObject PortType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "hot.Port",
    .tp_doc = "Port(fd): a UDP socket that stays open for as long.",
    .tp_basicsize = sizeof(Port),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = Port_new,
    .tp_dealloc = (destructor)Port_dealloc,
    .tp_methods = Port_methods,
};

/* -- Keys: one direction of a leg's SRTP --------------------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    srtp_function function;
    void *session;
    PyObject *owner; /* keeps the session alive */
    Port *port;
    struct sockaddr_storage to;
    socklen_t to_size;
} Keys;

static uint8_t worked_on[LONGEST + TRAILER] __attribute__((aligned(16)));

/* The packet's new length in `worked_on`, or -1; -2 with an exception set. */
static int transformed(Keys *self, PyObject *packet)
{
    if (!PyBytes_Check(packet)) {
        PyErr_SetString(PyExc_TypeError, "bytes are needed");
        return -2;
    }
    Py_ssize_t size = PyBytes_GET_SIZE(packet);
    if (self->session == NULL || size > LONGEST)
        return -1;
    memcpy(worked_on, PyBytes_AS_STRING(packet), size);
    int length = (int)size;
    return self->function(self->session, worked_on, &length) ? -1 : length;
}

static PyObject *Keys_open(PyObject *callable, PyObject *const *args, size_t count, PyObject *names)
{
    if (PyVectorcall_NARGS(count) != 1 || names != NULL) {
        PyErr_SetString(PyExc_TypeError, "one packet is needed");
        return NULL;
    }
    int length = transformed((Keys *)callable, args[0]);
    if (length == -2)
        return NULL;
    if (length < 0)
        Py_RETURN_NONE;
    return PyBytes_FromStringAndSize((char *)worked_on, length);
}

static PyObject *Keys_send(PyObject *callable, PyObject *const *args, size_t count, PyObject *names)
{
    Keys *self = (Keys *)callable;
    if (PyVectorcall_NARGS(count) != 1 || names != NULL) {
        PyErr_SetString(PyExc_TypeError, "one packet is needed");
        return NULL;
    }
    if (self->port == NULL)
        Py_RETURN_NONE;
    int length = transformed(self, args[0]);
    if (length == -2)
        return NULL;
    if (length < 0
        || sendto(self->port->fd, worked_on, length, MSG_DONTWAIT, (struct sockaddr *)&self->to, self->to_size) < 0) {
        self->port->not_sent++;
    } else {
        self->port->sent++;
        self->port->sent_bytes += length;
    }
    Py_RETURN_NONE;
}

static PyObject *Keys_make(PyTypeObject *type, PyObject *args, vectorcallfunc call)
{
    unsigned long long function, session;
    PyObject *owner;
    if (!PyArg_ParseTuple(args, "KKO", &function, &session, &owner))
        return NULL;
    if (!function || !session) {
        PyErr_SetString(PyExc_ValueError, "a function and a session are needed");
        return NULL;
    }
    Keys *self = (Keys *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->call = call;
    self->function = (srtp_function)(uintptr_t)function;
    self->session = (void *)(uintptr_t)session;
    Py_INCREF(owner);
    self->owner = owner;
    return (PyObject *)self;
}

static PyObject *Opener_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    return Keys_make(type, args, Keys_open);
}

static PyObject *Sender_new(PyTypeObject *type, PyObject *args, PyObject *named)
{
    return Keys_make(type, args, Keys_send);
}

static void Keys_dealloc(Keys *self)
{
    Py_XDECREF(self->owner);
    Py_XDECREF(self->port);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyObject *Sender_aim(Keys *self, PyObject *args)
{
    Port *port;
    const char *host;
    int number;
    unsigned int flow = 0, scope = 0;
    PyObject *address;
    if (!PyArg_ParseTuple(args, "O!O!", &PortType, &port, &PyTuple_Type, &address)
        || !PyArg_ParseTuple(address, "si|II", &host, &number, &flow, &scope))
        return NULL;
    struct sockaddr_storage to = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&to;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)number);
        self->to_size = sizeof *four;
    } else if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)number);
        six->sin6_flowinfo = htonl(flow);
        six->sin6_scope_id = scope;
        self->to_size = sizeof *six;
    } else {
        PyErr_SetString(PyExc_ValueError, "no IP address");
        return NULL;
    }
    self->to = to;
    Py_INCREF(port);
    Py_XSETREF(self->port, port);
    Py_RETURN_NONE;
}

static PyObject *Sender_stop(Keys *self, PyObject *unused)
{
    self->session = NULL;
    Py_CLEAR(self->owner);
    Py_RETURN_NONE;
}

static PyMethodDef Sender_methods[] = {
    {"aim", (PyCFunction)Sender_aim, METH_VARARGS, "aim(port, address): where packets go from now on."},
    {"stop", (PyCFunction)Sender_stop, METH_NOARGS, "The keys are forgotten: packets are counted as not sent."},
    {NULL},
};

static PyTypeObject OpenerType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "hot.Opener",
    .tp_doc = "Opener(function, session, owner)(datagram): the packet in it; None if it is forged, repeated, malformed.",
    .tp_basicsize = sizeof(Keys),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_new = Opener_new,
    .tp_dealloc = (destructor)Keys_dealloc,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Keys, call),
};

static PyTypeObject SenderType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "hot.Sender",
    .tp_doc = "Sender(function, session, owner)(packet): protected and sent to where it aims, or counted as not sent.",
    .tp_basicsize = sizeof(Keys),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_new = Sender_new,
    .tp_dealloc = (destructor)Keys_dealloc,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Keys, call),
    .tp_methods = Sender_methods,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "hot", .m_size = -1};

PyMODINIT_FUNC PyInit_hot(void)
{
    PyObject *made = PyModule_Create(&module);
    if (made == NULL || PyModule_AddType(made, &PortType) || PyModule_AddType(made, &OpenerType)
        || PyModule_AddType(made, &SenderType))
        return NULL;
    return made;
}
