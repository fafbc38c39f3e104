/* collectors/emf/way_agent.c: an agent that listens at one of its name's addresses. */
#include "check.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emf/ways.h"

static struct sockaddr_in6 six  = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
static struct sockaddr_in  four = {.sin_family = AF_INET};
static struct addrinfo     last = {
        .ai_family = AF_INET, .ai_addr = (struct sockaddr *)&four, .ai_addrlen = sizeof four};
static struct addrinfo first = {.ai_family  = AF_INET6,
                                .ai_addr    = (struct sockaddr *)&six,
                                .ai_addrlen = sizeof six,
                                .ai_next    = &last};

/* These stand before the C library's own: "localhost" as it is on most machines. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hint,
                struct addrinfo **out)
{
    (void)host;
    (void)port;
    first.ai_socktype = last.ai_socktype = hint->ai_socktype;
    *out                                 = &first;
    return 0;
}

void freeaddrinfo(struct addrinfo *all)
{
    assert_ptr_equal(all, &first);
}

/* A socket of 127.0.0.1, with nobody at ::1; its port in `address`. */
static int listen_at_four(int type, struct way_address *address)
{
    socklen_t size = sizeof four;
    int       fd   = socket(AF_INET, type, 0);

    four.sin_port        = 0;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&four, size) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&four, &size), 0);
    six.sin6_port = four.sin_port;
    *address      = (struct way_address){.host = "localhost"};
    (void)snprintf(address->port, sizeof address->port, "%d", ntohs(four.sin_port));
    return fd;
}

static void datagrams_find_the_address_where_somebody_listens(void **state)
{
    struct output_event events[] = {{.line = STR("{\"a\":1}")}, {.line = STR("{\"b\":2}")}};
    struct fail         why      = FAIL_OK;
    struct way_address  address;
    char                got[64];
    int                 agent = listen_at_four(SOCK_DGRAM, &address);

    (void)state;
    CHECK_OK(way_udp(&address, events, 2, &why), &why);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(events[i].result, OUTPUT_TAKEN);
        assert_int_equal(recv(agent, got, sizeof got, MSG_DONTWAIT), events[i].line.size + 1);
    }
    close(agent);
    events[0].result = OUTPUT_WAITS;
    assert_int_equal(way_udp(&address, events, 1, &why), -1);
    assert_int_equal(events[0].result, OUTPUT_WAITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_find_the_address_where_somebody_listens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
