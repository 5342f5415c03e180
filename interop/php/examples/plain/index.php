<?php

declare(strict_types=1);

use RedisWebToken\Http\IncomingRequest;
use RedisWebToken\Http\Refusal;
use RedisWebToken\Http\RequestAuth;
use RedisWebToken\RedisWebToken;

require __DIR__ . '/vendor/autoload.php';

$rwt = new RedisWebToken(['redis' => ['host' => getenv('REDIS_HOST') ?: 'localhost', 'port' => getenv('REDIS_PORT') ?: 6379]]);
$auth = new RequestAuth($rwt, getenv('RWT_SECRET'), ['from' => ['bearer', 'cookie']]);
$request = IncomingRequest::fromGlobals();

/** Sends the headers of a sign-in or sign-out, or the response that refuses it. */
$goTo = static function (string $path, object $answer): void {
    if ($answer instanceof Refusal) {
        $answer->send();
    } else {
        $answer->sendHeaders();
        header("Location: $path", true, 303);
    }
};

switch ("$request->method $request->path") {
    case 'POST /login':
        $user = ['id' => '42', 'name' => 'Ada']; // after you have checked the password
        $goTo('/private', $auth->signIn($request, $user, ['subject' => $user['id']]));
        break;
    case 'POST /logout':
        $goTo('/', $auth->signOut($request));
        break;
    case 'GET /private':
        $session = $auth->authenticate($request);
        if ($session instanceof Refusal) {
            $session->send(); // 400, 401, 403 or 503
            break;
        }
        header('Cache-Control: no-store');
        echo "Hello {$session['data']['name']}";
        break;
    default:
        http_response_code(404);
}
