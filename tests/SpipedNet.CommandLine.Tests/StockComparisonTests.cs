using System.Diagnostics;

namespace SpipedNet.CommandLine.Tests;

/// <summary>The same command line given to Debian's spiped and to ours ends with the same status.</summary>
public sealed class StockComparisonTests
{
    private const string Complete = "-F -e -s [127.0.0.1]:1 -t [127.0.0.1]:2 -k /dev/null";

    // Each ends before anything is bound: nothing here starts a tunnel.
    public static TheoryData<string> CommandLines { get; } =
    [
        "",
        "-v",
        "-vx",
        "-v extra",
        "-Fv",
        "-x",
        "-x -v",
        "-F -F -v",
        "-n many -v",
        "-",
        "extra",
        "-- -v",
        "--",
        "--sys",
        "--help=1",
        "-s",
        "-Fes",
        "-F -s [127.0.0.1]:1 -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -s [127.0.0.1]:1 -k /dev/null",
        "-F -e -s [127.0.0.1]:1 -t [127.0.0.1]:2",
        "-F -e -s [127.0.0.1]:1 -t [127.0.0.1]:2 -k /no/such/key",
        "-F -e -s [127.0.0.1]:0 -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -s [127.0.0.1]:65536 -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -s [127.0.0.1] -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -s [127.0.0.1:1 -t [127.0.0.1]:2 -k /dev/null",
        "-F -e -s [127.0.0.1]:1 -t nothing -k /dev/null",
        $"{Complete} -d",
        $"{Complete} -e",
        $"{Complete} -f -g",
        $"{Complete} -r 1 -R",
        $"{Complete} -n many",
        $"{Complete} -n 1.5",
        $"{Complete} -n 99999999999999999999",
        $"{Complete} -n 1 -n 1",
        $"{Complete} -o -1",
        $"{Complete} -o 5s",
        $"{Complete} -o 1 -o 1",
        $"{Complete} -p a -p a",
        $"{Complete} -u root -u root",
        $"{Complete} true",
        $"{Complete} -j=false",
        $"{Complete} @file",
    ];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task The_exit_status_is_spipeds(string line)
    {
        (int stock, _, _) = await RunAsync("spiped", line);
        (int ours, _, _) = await RunAsync(Path.Combine(AppContext.BaseDirectory, "spiped-net"), line);
        Assert.Equal(stock, ours);
    }

    [Theory]
    [InlineData("spiped", "spiped-net")]
    [InlineData("spipe", "spipe-net")]
    public async Task The_version_goes_where_spipeds_goes(string stockProgram, string program)
    {
        (_, string stockOutput, string stockError) = await RunAsync(stockProgram, "-v");
        (_, string output, string error) = await RunAsync(Path.Combine(AppContext.BaseDirectory, program), "-v");
        Assert.Matches($@"^{stockProgram} \d", stockError);
        Assert.Matches($@"^{program} \d", error);
        Assert.Equal(stockOutput, output);
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string program, string line)
    {
        var start = new ProcessStartInfo(program, line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {line} still runs");
        }
    }
}
