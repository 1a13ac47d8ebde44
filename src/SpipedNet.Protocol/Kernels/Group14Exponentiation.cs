namespace SpipedNet.Protocol.Kernels;

/// <summary>The exponentiations of <see cref="DiffieHellmanGroup14"/> with one <see cref="Group14Field"/>, tables included.</summary>
internal sealed class Group14Exponentiation
{
    /// <param name="field">Multiplies.</param>
    public Group14Exponentiation(Group14Field field)
    {
        var form = new MontgomeryForm(field);
        Any = new Group14Power(field, form);
        Generator = new Group14GeneratorPower(field, form);
    }

    /// <summary>The fastest one for this processor; null when none is fast.</summary>
    public static Group14Exponentiation? Fastest { get; } =
        Group14Ifma.IsSupported ? new(new Group14Ifma()) : Group14Avx2.IsSupported ? new(new Group14Avx2()) : null;

    /// <summary>Of any element.</summary>
    public Group14Power Any { get; }

    /// <summary>Of 2.</summary>
    public Group14GeneratorPower Generator { get; }
}
