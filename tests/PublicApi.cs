using System.Reflection;
using System.Runtime.CompilerServices;

namespace SpipedNet;

/// <summary>
/// What a package promises: its public types and members, one a line. PublicApi.txt beside the project has the reviewed list,
/// so that a promise is not made or broken unnoticed.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void AssertListed(Assembly assembly)
    {
        string[] listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));
        string[] found = [.. assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Lines)];
        Assert.Equal(string.Join('\n', listed), string.Join('\n', found));
    }

    private static IEnumerable<string> Lines(Type type) =>
        type.GetMembers(Declared).Select(Line).OfType<string>().Order(StringComparer.Ordinal)
            .Select(line => $"{type.FullName}: {line}").Prepend($"{Kind(type)} {type.FullName}{Bases(type)}");

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        IEnumerable<Type> bases = type.GetInterfaces().OrderBy(item => item.Name, StringComparer.Ordinal);
        if (type.IsClass && type.BaseType != typeof(object))
            bases = bases.Except(type.BaseType!.GetInterfaces()).Prepend(type.BaseType);
        return type.IsEnum || !bases.Any() ? "" : $" : {string.Join(", ", bases.Select(Name))}";
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsPublic: true, IsLiteral: true } field => $"{Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{Name(field.FieldType)} {field.Name}",
        PropertyInfo property => Line(property),
        // A record's own methods are those of every record.
        MethodBase method when method.IsDefined(typeof(CompilerGeneratedAttribute)) => null,
        MethodInfo { IsSpecialName: false } method when IsVisible(method) =>
            $"{Access(method)}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        ConstructorInfo constructor when IsVisible(constructor) => $"{Access(constructor)}new({Parameters(constructor)})",
        _ => null,
    };

    private static string? Line(PropertyInfo property)
    {
        string accessors = string.Concat(property.GetAccessors(nonPublic: true).Where(IsVisible).Select(Accessor));
        return accessors.Length == 0 || property.Name == "EqualityContract"
            ? null
            : $"{Access(property.GetAccessors(nonPublic: true)[0])}{Name(property.PropertyType)} {property.Name} {{{accessors} }}";
    }

    private static string Accessor(MethodInfo accessor) => accessor.ReturnType != typeof(void) ? " get;"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;"
        : " set;";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) =>
        $"{(method.IsPublic ? "" : "protected ")}{(method.IsStatic ? "static " : "")}{(method.IsAbstract ? "abstract " : "")}";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")));

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray)
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "&");
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }
}
