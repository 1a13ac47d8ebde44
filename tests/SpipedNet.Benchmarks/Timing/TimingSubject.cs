namespace SpipedNet.Benchmarks.Timing;

/// <summary>Something that takes a secret and whose time may not tell anything of it.</summary>
internal abstract class TimingSubject(string name, int samples)
{
    public string Name => name;

    public int Samples => samples;

    /// <summary>Makes the next input, of either class by the same steps.</summary>
    public abstract void Prepare(bool isFixed, Random random);

    /// <summary>What is timed.</summary>
    public abstract void Run();
}
