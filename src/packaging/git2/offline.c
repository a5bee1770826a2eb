// offline: libgit2 without its transports. corsgate reads repositories and never speaks with a
// server. Linked before libgit2's archive, these names keep out the parts that do, and with them
// the libraries for TLS, SSH and Kerberos: two thirds of the time that a small comparison takes
// went into loading those, and into certificates. It also makes the promise that nothing is sent
// checkable: there is no code for it in the program. The names are internal ones of libgit2 1.5
// to 1.9; corsgate_git2.cmake takes the shared library where they do not fit.

#include <stdbool.h>

int git_mbedtls_stream_global_init(void);
int git_openssl_stream_global_init(void);
int git_socket_stream_global_init(void);
int git_stream_registry_global_init(void);
int git_transport_ssh_global_init(void);
int git_transport_ssh_libssh2_global_init(void);
int git_mbedtls__set_cert_location(void);
int git_transport_new(void);

// There is nothing to set up.
int git_mbedtls_stream_global_init(void)
{
    return 0;
}
int git_openssl_stream_global_init(void)
{
    return 0;
}
int git_socket_stream_global_init(void)
{
    return 0;
}
int git_stream_registry_global_init(void)
{
    return 0;
}
int git_transport_ssh_global_init(void)
{
    return 0;
}
int git_transport_ssh_libssh2_global_init(void)
{
    return 0;
}

// A remote cannot be reached.
int git_mbedtls__set_cert_location(void)
{
    return -1;
}
int git_transport_new(void)
{
    return -1;
}

// Settings of the transports.
extern bool git_http__expect_continue, git_smart__ofs_delta_enabled;
extern int git_socket_stream__connect_timeout, git_socket_stream__timeout;
bool git_http__expect_continue, git_smart__ofs_delta_enabled;
int git_socket_stream__connect_timeout, git_socket_stream__timeout;
