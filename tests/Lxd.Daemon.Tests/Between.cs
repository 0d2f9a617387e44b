using System.Reflection;

namespace Lxd.Daemon.Tests;

/// <summary>Stands before an object and sees its asynchronous calls.</summary>
public class Between<T> : DispatchProxy where T : class
{
    private T _inner = null!;
    private Func<string, Func<Task>, Task> _around = null!;
    private Dictionary<string, object> _answers = [];

    internal static T Of(T inner, Func<string, Func<Task>, Task> around, Dictionary<string, object>? answers = null)
    {
        var made = Create<T, Between<T>>();
        var between = (Between<T>)(object)made;
        (between._inner, between._around, between._answers) = (inner, around, answers ?? []);
        return made;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _answers.TryGetValue(targetMethod!.Name, out var answer) ? answer
        : targetMethod.ReturnType == typeof(Task) ? _around(targetMethod.Name, () => (Task)targetMethod.Invoke(_inner, args)!)
        : targetMethod.Invoke(_inner, args);
}
