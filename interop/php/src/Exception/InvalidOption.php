<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/** An option or argument has the wrong type, a value that isn't allowed, or an unknown name. */
final class InvalidOption extends \InvalidArgumentException implements RwtException
{
    private function __construct(
        /** The option's or argument's name. */
        public readonly string $option,
        string $message,
        private readonly string $errorCode,
    ) {
        parent::__construct($message);
    }

    public static function type(string $option, string $allowed, #[\SensitiveParameter] mixed $value): self
    {
        $message = "$option must be $allowed, not " . get_debug_type($value);

        return new self($option, $message, 'ERR_RWT_OPTION_TYPE');
    }

    public static function range(string $option, string $allowed): self
    {
        return new self($option, "$option must be $allowed", 'ERR_RWT_OPTION_RANGE');
    }

    /** @param list<string> $known */
    public static function unknown(string $option, string $where, array $known): self
    {
        // What doesn't look like a name may be a secret in the wrong place.
        $shown = preg_match('/^\w{1,30}$/D', $option) === 1 ? $option : '…';
        $message = "unknown option $shown in $where; known: " . implode(', ', $known);

        return new self($shown, $message, 'ERR_RWT_OPTION_UNKNOWN');
    }

    public function errorCode(): string
    {
        return $this->errorCode;
    }
}
