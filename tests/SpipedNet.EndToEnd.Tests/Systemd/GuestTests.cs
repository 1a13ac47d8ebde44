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
    public void They_start_only_when_the_network_is_up() => Shows("starts after network-online");

    [GuestFact]
    public void Systemd_has_understood_what_the_units_say() => Shows("settings are understood");

    [GuestFact]
    public void A_name_that_is_unknown_for_long_is_waited_for() => Shows("an unknown name is waited for");

    [GuestFact]
    public void No_unit_has_failed_at_the_end_nor_made_a_call_that_its_filter_refuses() => Shows("nothing has failed");

    [GuestFact]
    public void Systemctl_shows_how_many_connections_are_open() => Shows("status is shown");

    [GuestFact]
    public void Spiped_net_status_asks_a_unit_by_its_name() => Shows("a unit is asked by its name");

    [GuestFact]
    public void Spiped_net_status_shows_all_units_that_run() => Shows("all units are shown");

    [GuestFact]
    public void The_control_socket_of_a_unit_is_for_its_own_user() => Shows("nobody else may ask");

    [GuestFact]
    public void A_stop_waits_for_the_open_connection() => Shows("stop drains");

    [GuestFact]
    public void A_process_that_is_killed_is_started_again() => Shows("killed is restarted");

    [GuestFact]
    public void Restarts_of_a_receiver_with_a_socket_unit_and_a_lasting_client_fail_none_of_200_connections() => Shows("restarts refuse no connection");

    [GuestFact]
    public void A_receiver_that_runs_moves_to_a_socket_unit() => Shows("a receiver moves to a socket unit");

    [GuestFact]
    public void The_watchdog_kills_a_process_that_is_frozen() => Shows("frozen is killed by the watchdog");

    [GuestFact]
    public void One_unit_runs_all_tunnels_of_a_file() => Shows("a file of tunnels runs");

    [GuestFact]
    public void Systemctl_reload_adds_a_tunnel_and_keeps_the_connections_of_the_others() => Shows("a reload adds a tunnel and keeps a connection");

    [GuestFact]
    public void A_file_with_a_mistake_is_told_in_the_units_status_and_changes_nothing() => Shows("a mistake is told and changes nothing");

    [GuestFact]
    public void Systemctl_reload_fails_when_nothing_was_changed() => Shows("a reload fails with its reason");

    [GuestFact]
    public void Sources_that_are_UNIX_sockets_have_the_drop_in_that_the_unit_names() => Shows("sources that are UNIX sockets");

    private void Shows(string what) => guest.AssertShows(what);
}
