namespace SpipedNet.Tunnel;

/// <summary>Files and directories that other users may change.</summary>
internal static class WritableByOthers
{
    /// <summary>Whether one is; of one that cannot be looked at it is not known.</summary>
    public static bool Is(string path)
    {
        try
        {
            return (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
