using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Systemd;

/// <summary>The units under a systemd that is booted for them, where a system call that their filter refuses is an end.</summary>
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class GuestTests(UnitsGuest guest) : IClassFixture<UnitsGuest>
{
    [GuestFact]
    public void Both_template_units_start_and_a_Redis_answers_through_them() => Shows("templates start");

    [GuestFact]
    public void Both_plain_units_start_and_a_Redis_answers_through_them() => Shows("plain units start");

    [GuestFact]
    public void They_start_after_the_network() => Shows("starts after network-online");

    [GuestFact]
    public void Systemctl_shows_how_many_connections_are_open() => Shows("status is shown");

    [GuestFact]
    public void A_stop_waits_for_the_open_connection() => Shows("stop drains");

    [GuestFact]
    public void A_process_that_is_killed_is_started_again() => Shows("killed is restarted");

    [GuestFact]
    public void Restarts_of_a_receiver_with_a_socket_unit_fail_none_of_200_connections() => Shows("restarts refuse no connection");

    [GuestFact]
    public void The_watchdog_kills_a_process_that_is_frozen() => Shows("frozen is killed by the watchdog");

    private void Shows(string what) => guest.AssertShows(what);
}
