using SpipedNet.EndToEnd.Tests.Harness;

namespace SpipedNet.EndToEnd.Tests.Packaging;

/// <summary>The package from installing to purging, on a Debian with stock spiped.</summary>
[Collection(PackageGroup.Name)]
[Trait(Programs.Beyond, Programs.BeyondSpiped)]
public sealed class PackageLifeTests(PackageGuest guest) : IClassFixture<PackageGuest>
{
    [PackageFact(IsInstalled = true)]
    public void Its_files_are_installed_and_only_root_can_look_into_etc_spiped() => guest.AssertShows("the files are installed");

    [PackageFact(IsInstalled = true)]
    public void Stock_spiped_stays_beside_it() => guest.AssertShows("stock spiped stays");

    [PackageFact(IsInstalled = true)]
    public void Installing_enables_and_starts_nothing() => guest.AssertShows("nothing is enabled or started");

    [PackageFact(IsInstalled = true)]
    public void The_user_of_the_unit_for_many_tunnels_is_made_and_has_a_place_for_its_keys() => guest.AssertShows("its user is made");

    [PackageFact(IsInstalled = true)]
    public void Its_man_pages_are_found() => guest.AssertShows("the man pages are found");

    [PackageFact(IsInstalled = true)]
    public void There_is_nothing_to_say_against_its_units() => guest.AssertShows("nothing is to be said against the units");

    [PackageFact(IsInstalled = true)]
    public void A_Redis_answers_through_its_units() => guest.AssertShows("a Redis answers");

    [PackageFact(IsInstalled = true)]
    public void An_upgrade_restarts_what_runs() => guest.AssertShows("an upgrade restarts what runs");

    [PackageFact(IsInstalled = true)]
    public void A_removal_stops_what_runs() => guest.AssertShows("a removal stops what runs");

    [PackageFact(IsInstalled = true)]
    public void Keys_and_settings_survive_a_removal() => guest.AssertShows("keys and settings stay");

    [PackageFact(IsInstalled = true)]
    public void A_purge_leaves_nothing_but_keys_and_settings() => guest.AssertShows("a purge leaves the keys alone");

    [PackageFact(IsInstalled = true)]
    public void Stock_spiped_is_whole_at_the_end() => guest.AssertShows("stock spiped is whole at the end");
}
