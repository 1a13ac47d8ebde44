// load: the work that the benchmark sends through a tunnel, on 127.0.0.1 only.
//
//   load serve PORT                           serve every kind of connection below
//   load up    PORT SECONDS CONNS [MB/S]      send as fast as it goes (or paced); the server counts what arrived
//   load down  PORT SECONDS CONNS             receive as fast as it goes; both say ready when all connections stand
//   load trip  PORT SECONDS BYTES             one message there and back, again and again
//   load churn PORT SECONDS CONNS [PER_S]     connect, one byte there and back, close; CONNS at a time (or paced)
//   load idle  PORT COUNT                     open COUNT connections, say ready, hold them until standard input ends
//
// Prints "name value" pairs on one line. Exits 1 when anything was lost, cut short or refused.
// The first byte of a connection says what it is for: 'u', 'd' or 'e' (echo).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 256 << 10, SMALL_CHUNK = 32 << 10, MANY = 100, AT_A_TIME = 16, PATIENCE = 120, MAX_TRIPS = 4 << 20 };

static int port, threads;
static double seconds, deadline, rate; // rate: bytes or connections a second and thread; 0 as fast as it goes
static pthread_barrier_t standing;     // of all threads of up and down
static sem_t opening;                  // a handshake may time out if thousands begin at once
static long long total, failures;   // of all threads

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void sleep_until(double when)
{
    struct timespec t = { .tv_sec = (time_t)when, .tv_nsec = (long)((when - (time_t)when) * 1e9) };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)) {}
}

static void die(const char *what) { perror(what); exit(1); }

static struct sockaddr_in loopback(void)
{
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void no_delay(int s) { setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); }

static int dial(void)
{
    struct sockaddr_in a = loopback();
    struct timeval patience = { .tv_sec = PATIENCE };
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&a, sizeof a)) die("connect");
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    no_delay(s);
    return s;
}

static int write_all(int s, const char *b, size_t n)
{
    for (ssize_t k; n; b += k, n -= (size_t)k)
        if ((k = send(s, b, n, MSG_NOSIGNAL)) <= 0) return -1;
    return 0;
}

static int read_all(int s, char *b, size_t n)
{
    for (ssize_t k; n; b += k, n -= (size_t)k)
        if ((k = recv(s, b, n, 0)) <= 0) return -1;
    return 0;
}

// ---- The server ----------------------------------------------------------------------------------------------------

static void serve_up(int s, char *buffer)
{
    uint64_t count = 0;
    write_all(s, "!", 1);
    for (ssize_t k; (k = recv(s, buffer, CHUNK, 0)) > 0;) count += (uint64_t)k;
    count = htobe64(count);
    write_all(s, (char *)&count, sizeof count);
}

static void serve_down(int s, char *buffer)
{
    char end;
    write_all(s, "!", 1);
    if (recv(s, &end, 1, 0) != 1) return;
    while (recv(s, &end, 1, MSG_DONTWAIT) != 0)
        if (write_all(s, buffer, CHUNK)) return;
}

static void serve_echo(int s)
{
    char buffer[16384];
    for (ssize_t k; (k = recv(s, buffer, sizeof buffer, 0)) > 0;)
        if (write_all(s, buffer, (size_t)k)) return;
}

static void *serve_one(void *argument)
{
    int s = (int)(intptr_t)argument;
    char kind;
    no_delay(s);
    if (recv(s, &kind, 1, 0) == 1) {
        char *buffer = kind == 'e' ? NULL : calloc(1, CHUNK);
        if (kind == 'u') serve_up(s, buffer);
        if (kind == 'd') serve_down(s, buffer);
        if (kind == 'e') serve_echo(s);
        free(buffer);
    }
    close(s);
    return NULL;
}

static void serve(void)
{
    struct sockaddr_in a = loopback();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(listener, (struct sockaddr *)&a, sizeof a) || listen(listener, 4096)) die("listen");
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (;;) {
        pthread_t thread;
        int s = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (s < 0) usleep(1000);
        else if (pthread_create(&thread, &attributes, serve_one, (void *)(intptr_t)s)) close(s);
    }
}

// ---- The clients ---------------------------------------------------------------------------------------------------

static void count(long long bytes, int is_failure)
{
    __atomic_fetch_add(&total, bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&failures, is_failure, __ATOMIC_RELAXED);
}

// Connects and waits until every thread's connection carries bytes both ways; the time counts from then on.
static int stand(const char *kind, int *s)
{
    char answer;
    sem_wait(&opening);
    *s = dial();
    int is_failure = write_all(*s, kind, 1) || read_all(*s, &answer, 1);
    sem_post(&opening);
    if (pthread_barrier_wait(&standing) == PTHREAD_BARRIER_SERIAL_THREAD) {
        printf("ready\n");
        fflush(stdout);
        deadline = now() + seconds;
    }
    pthread_barrier_wait(&standing);
    return is_failure;
}

static void *up(void *unused)
{
    (void)unused;
    size_t chunk = rate > 0 || threads > MANY ? SMALL_CHUNK : CHUNK;
    char *buffer = calloc(1, CHUNK);
    uint64_t sent = 0, arrived = 0;
    int s, is_failure = stand("u", &s);
    for (double start = now(); !is_failure && now() < deadline; sent += chunk) {
        if (rate > 0) sleep_until(start + (double)sent / rate);
        is_failure = write_all(s, buffer, chunk) != 0;
    }
    shutdown(s, SHUT_WR);
    is_failure |= read_all(s, (char *)&arrived, sizeof arrived) != 0 || be64toh(arrived) != sent;
    count((long long)sent, is_failure);
    close(s);
    free(buffer);
    return NULL;
}

static void *down(void *unused)
{
    (void)unused;
    char *buffer = malloc(CHUNK);
    long long received = 0;
    int s, is_ended = 0;
    ssize_t k = stand("d", &s) || write_all(s, "!", 1) ? -1 : 0;
    while (k >= 0 && (k = recv(s, buffer, CHUNK, 0)) > 0) {
        received += k;
        if (!is_ended && now() >= deadline) is_ended = !shutdown(s, SHUT_WR);
    }
    count(received, k != 0 || !is_ended);
    close(s);
    free(buffer);
    return NULL;
}

static void *churn(void *unused)
{
    (void)unused;
    double start = now();
    for (long i = 0; now() < deadline; i++) {
        char echo;
        if (rate > 0) sleep_until(start + i / rate);
        int s = dial();
        count(1, write_all(s, "ex", 2) || read_all(s, &echo, 1));
        close(s);
    }
    return NULL;
}

static int run_threads(void *(*work)(void *), const char *unit)
{
    pthread_t thread[threads];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    sem_init(&opening, 0, AT_A_TIME);
    pthread_barrier_init(&standing, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread[i], &attributes, work, NULL)) die("pthread_create");
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
    printf("%s %lld seconds %.6f failures %lld\n", unit, total, now() - deadline + seconds, failures);
    return failures != 0;
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int trip(size_t bytes)
{
    float *micros = malloc(MAX_TRIPS * sizeof *micros);
    char *message = calloc(1, bytes);
    size_t n = 0;
    int s = dial();
    if (write_all(s, "e", 1)) die("trip");
    for (double start; n < MAX_TRIPS && (start = now()) < deadline; n++) {
        if (write_all(s, message, bytes) || read_all(s, message, bytes)) die("trip");
        micros[n] = (float)((now() - start) * 1e6);
    }
    qsort(micros, n, sizeof *micros, ascending);
    printf("trips %zu p50 %.1f p99 %.1f p99.9 %.1f\n", n, micros[n / 2], micros[n * 99 / 100], micros[n * 999 / 1000]);
    return 0;
}

static int idle(int connections)
{
    char echo;
    double start = now();
    for (int i = 0; i < connections; i++) {
        int s = dial();
        if (write_all(s, "ex", 2) || read_all(s, &echo, 1)) die("idle");
    }
    printf("ready %d seconds %.3f\n", connections, now() - start);
    fflush(stdout);
    while (read(0, &echo, 1) > 0) {}
    return 0;
}

int main(int argc, char **argv)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    if (argc < 3) return 2;

    const char *kind = argv[1];
    port = atoi(argv[2]);
    if (!strcmp(kind, "serve")) serve();
    if (argc < 4) return 2;
    if (!strcmp(kind, "idle")) return idle(atoi(argv[3]));
    if (argc < 5) return 2;

    threads = atoi(argv[4]);
    seconds = atof(argv[3]);
    deadline = now() + seconds;
    rate = argc > 5 ? atof(argv[5]) / threads : 0;
    if (!strcmp(kind, "trip")) return trip((size_t)threads);
    if (!strcmp(kind, "churn")) return run_threads(churn, "connections");
    if (!strcmp(kind, "down")) return run_threads(down, "bytes");
    if (!strcmp(kind, "up")) {
        rate *= 1e6;
        return run_threads(up, "bytes");
    }
    return 2;
}
