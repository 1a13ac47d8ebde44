using System.Diagnostics;

namespace SpipedNet.Tests.Malformed;

/// <summary>All that is malformed: in its text, in the files that it names, in the addresses that it has.</summary>
internal static class MalformedFiles
{
    private const string E = "b: -e -s [127.0.0.1]:7 -t /t -k ", D = "b: -d -s [127.0.0.1]:7 -t /t -k ";
    private const string Checked = E + "key --target-check redis --redis-password-file ";

    /// <summary>What the text alone shows.</summary>
    public static readonly MalformedFile[] OfText =
    [
        .. MalformedText.Encodings, .. MalformedText.Characters, .. MalformedText.Words,
        .. MalformedLines.Names, .. MalformedLines.Sets, .. MalformedLines.Overlaps, .. MalformedLines.Several,
        .. MalformedValues.Missing, .. MalformedValues.Addresses, .. MalformedValues.Ranges, .. MalformedValues.Words,
    ];

    /// <summary>What shows when the keys and the passwords are read, which <see cref="WriteKeys"/> has made.</summary>
    public static readonly MalformedFile[] OfKeys =
    [
        new(E + "none.key", "none.key: no such file or directory"),
        new(E + "none/a.key", "there is no directory"),
        new(E + "key/a.key", "cannot read key file "),
        new(E + $"{new string('k', 256)}", "file name too long"),
        new(E + "keys", "is a directory, and -e has one key"),
        new(E + "loop.d/a.key", "it is a symbolic link that leads back to itself"),
        new(E + "/proc/self/mem", "cannot read key file /proc/self/mem: "),
        new(D + "none.d", "no such file or directory"),
        new(D + "empty.d", "no key is in the directory "),
        new(D + "loop.d", "it is a symbolic link that leads back to itself"),
        new(D + "dangling.d", "no such file or directory"),
        new(D + "nested.d", "it is a directory, and the keys of a directory are regular files"),
        new(D + "odd.d", "its name, which stands for the client, may have letters"),
        new(D + "twins.d", "are the same key"),
        new(D + "key -k none.key", "none.key: no such file or directory"),
        new(D + "key -k key", "key is given twice"),
        new(D + "keys -k keys/../keys/a.key", "a.key is given twice"),
        new(D + "key -k more.d/key", "two keys are called key"),
        new(D + "key -k copy", "are the same key"),
        new(Checked + "none", "none: no such file or directory"),
        new(Checked + "keys", "it is a directory"),
        new(Checked + "empty", "its first line is the password"),
        new(Checked + "blank", "its first line is the password"),
        new(Checked + "long", "of 1 to 4096 bytes"),
        new(E + "key --target-check redis-master --sentinel /s --master-name m --sentinel-password-file none", "none: no such file or directory"),
    ];

    /// <summary>What is a mistake to a process that runs already, or shows when sockets are made.</summary>
    public static readonly MalformedFile[] OfSystem =
    [
        new(E + "empty", "the key file is empty, so anyone could connect (-k)"),
        new(D + "key -k empty", "the file of key empty is empty, so anyone could connect (-k)"),
        new(E + "pipe", "it is a named pipe, which cannot be read again"),
        new(E + "/dev/zero", "it is a device, which cannot be read again"),
        new(D + "piped.d", "it is a named pipe, and the keys of a directory are regular files"),
        new(Checked + "pipe", "it is a named pipe, which cannot be read again"),
        new(Checked + "/dev/null", "it is a device, which cannot be read again"),
        new($"b: -e -s /none/b -t {new string('t', 300)}.example.com:7 -k key", "it is too long for a name"),
        new($"b: -e -s {new string('s', 1 << 20)}:7 -t /t -k key", "it is too long for a name"),
        new("b: -e -s [198.51.100.7]:7 -t /t -k key", "no interface of this machine has that address"),
        new("b: -e -s /no/such/directory/b -t /t -k key", "cannot listen on /no/such/directory/b"),
        new("b: -e -s /none/b -t [192.0.2.1]:7 -b [198.51.100.7] -k key", "cannot connect from [198.51.100.7]"),
    ];

    /// <summary>Makes the files that the mistakes are about.</summary>
    public static void WriteKeys(string directory)
    {
        string In(string name) => Path.Combine(directory, name);
        foreach (string name in (string[])["keys", "empty.d", "loop.d", "dangling.d", "nested.d", "nested.d/a.key", "odd.d", "twins.d", "more.d", "piped.d"])
            Directory.CreateDirectory(In(name));
        foreach (string name in (string[])["key", "keys/a.key", "odd.d/a b.key", "twins.d/a.key", "more.d/key"])
            File.WriteAllText(In(name), Guid.NewGuid().ToString("N"));
        File.Copy(In("key"), In("copy"));
        File.Copy(In("twins.d/a.key"), In("twins.d/b.key"));
        File.WriteAllText(In("empty"), "");
        File.WriteAllText(In("blank"), "\nsecond");
        File.WriteAllText(In("long"), new string('p', 4097));
        File.CreateSymbolicLink(In("loop.d/a.key"), "a.key");
        File.CreateSymbolicLink(In("dangling.d/a.key"), "b.key");
        foreach (string name in (string[])["pipe", "piped.d/a.key"])
            Process.Start("mkfifo", [In(name)]).WaitForExit();
    }
}
